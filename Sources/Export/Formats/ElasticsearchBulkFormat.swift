internal import Indicators
internal import Matching
internal import Syntax

/// Elasticsearch `_bulk`: the action, then the document. `create` with the alert's id and version makes a repetition harmless.
struct ElasticsearchBulkFormat: AlertFormat {
  func encode(_ record: ExportRecord) -> String {
    let action: JSONObject = ["create": ["_id": .string(Self.id(record))]]
    return action.serialized() + "\n" + ECSFormat.document(record).serialized()
  }

  static func id(_ record: ExportRecord) -> String { record.version == 1 ? record.alert.id : "\(record.alert.id)-\(record.version)" }
}
