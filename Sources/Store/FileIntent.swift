/// A batch that is about to be appended to a file, kept in the alert store from before the first byte is written until its alerts
/// are marked. A run that was killed in between left any prefix of the batch in the file; the next run completes it from here,
/// so that no alert stands in the file twice.
public struct FileIntent: Sendable, Equatable {
  /// Identity of the file, so that one rotated into its place is not taken for it.
  public var device: UInt64
  public var inode: UInt64
  /// Where the batch begins, in bytes.
  public var offset: Int64
  public var bytes: [UInt8]
  /// The alerts of the batch in their versions.
  public var alerts: [AlertVersion]

  public struct AlertVersion: Sendable, Equatable {
    public var alertID: String
    public var version: Int

    public init(alertID: String, version: Int) {
      self.alertID = alertID
      self.version = version
    }
  }

  public init(device: UInt64, inode: UInt64, offset: Int64, bytes: [UInt8], alerts: [AlertVersion]) {
    self.device = device
    self.inode = inode
    self.offset = offset
    self.bytes = bytes
    self.alerts = alerts
  }
}
