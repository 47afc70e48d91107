internal import Indicators
internal import Matching
internal import Syntax

/// Our own record, one JSON object a line.
struct JSONLinesAlertFormat: AlertFormat {
  func encode(_ record: ExportRecord) -> String {
    var object = record.alert.json
    object["version"] = JSONValue(record.version)
    object["sample"] = .object(record.alert.sample.json)
    return object.serialized()
  }
}
