/// What ``PackedIndicators`` makes: the records as the file has them, in order of type and value, each with the number of its context.
struct SortedRecords {
  var data: [UInt8] = []
  /// Where each record begins, and the end.
  var offsets: [UInt32] = [0]
  var contexts: [[UInt8]]
  /// How many indicators were merged away.
  var merged: Int
  /// A bit a record: a name that is known to be no public suffix.
  var noSuffixes: [UInt64] = []

  var count: Int { offsets.count - 1 }

  func isNoSuffix(_ place: Int) -> Bool { place >> 6 < noSuffixes.count && noSuffixes[place >> 6] >> UInt64(place & 63) & 1 == 1 }

  func range(_ place: Int) -> Range<Int> { Int(offsets[place])..<Int(offsets[place + 1]) }

  func body(at place: Int) -> (body: RecordBody, context: Int)? {
    let range = range(place)
    return unsafe data.withUnsafeBytes { bytes in
      var reader = unsafe RecordReader(bytes, from: range.lowerBound, to: range.upperBound)
      return RecordBody.withContext(&reader)
    }
  }

  /// A digest of all that will be written, for the seed. Not cryptographic: the secret is.
  var digest: [UInt8] {
    var state = Checksum.of(data) &+ UInt64(count)
    for context in contexts { state = state &* 0x9e37_79b9_7f4a_7c15 ^ Checksum.of(context) }
    return (0..<8).map { UInt8(truncatingIfNeeded: state >> UInt64(8 * $0)) }
  }
}
