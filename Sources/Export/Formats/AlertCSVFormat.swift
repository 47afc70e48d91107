internal import Indicators
internal import Matching
internal import Rules

/// RFC 4180, one row an alert and one line a row, safe to open in a spreadsheet.
struct AlertCSVFormat: AlertFormat {
  let contentType = "text/csv; charset=utf-8"
  let header =
    "alert_id,severity,status,count,first_seen,last_seen,asset,indicator_type,indicator,matched,mode,confidence,actors,feeds,src_ip,dst_ip,host,user,outcome,file,line,score,warning\r\n"

  func encode(_ record: ExportRecord) -> String {
    let alert = record.alert
    let sample = alert.sample
    let cells: [String] = [
      alert.id, alert.severity.rawValue, alert.status.rawValue, String(alert.count), alert.firstSeen.iso8601, alert.lastSeen.iso8601,
      alert.asset, alert.indicator.type.rawValue, alert.indicator.value, sample.match.value, sample.match.mode.rawValue,
      String(alert.indicator.confidence), ActorText.line(alert.indicator.actors), alert.indicator.feeds.joined(separator: "; "),
      sample.event.sourceIP ?? "", sample.event.destinationIP ?? "", sample.event.host ?? "", sample.event.user ?? "",
      sample.event.outcome?.rawValue ?? "", sample.source.path, String(sample.match.line),
      alert.score.map { String($0.points) } ?? "", alert.warning ?? "",
    ]
    return cells.map { IndicatorCSVFormat.cell(ControlText.oneLine($0)) }.joined(separator: ",") + "\r"
  }
}
