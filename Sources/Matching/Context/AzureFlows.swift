internal import Indicators

/// Azure's flow logs keep many flows in one record, each a text of cells: `1542110377,192.0.2.9,10.5.16.4,28746,443,U,I,D,…` of a network security
/// group, `1663146003599,10.0.0.6,192.0.2.9,23956,443,6,O,B,…` of a virtual network, where the state `D` means that it was denied.
enum AzureFlows {
  /// Takes the facts of the flow that the field called `name` holds.
  static func fill(_ event: inout Sighting.Event, _ text: ArraySlice<UInt8>, base: TimeBase) {
    let cells = text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { LineText.string($0) }
    guard cells.count >= 8, let source = AddressFacts.address(cells[1]), let destination = AddressFacts.address(cells[2]) else { return }
    event.time = EventTime.read(cells[0], base: base) ?? event.time
    (event.sourceIP, event.sourcePort) = (source.ip, AddressFacts.port(cells[3].utf8))
    (event.destinationIP, event.destinationPort) = (destination.ip, AddressFacts.port(cells[4].utf8))
    event.outcome = cells[7] == "D" ? .blocked : ["A", "B", "C", "E"].contains(cells[7]) ? .allowed : nil
    let shown = AddressFacts.direction(from: source.ip, to: destination.ip)
    event.direction = shown == .external ? cells[6] == "I" ? .inbound : cells[6] == "O" ? .outbound : shown : shown
    event.hostObserves = true
  }
}
