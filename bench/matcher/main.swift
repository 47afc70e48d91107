import Glibc
import Matching

// The matcher alone, as `vectorscan.c` runs its rival: `matcher INDEX LOG [PASSES]` reads the log into memory first, then scans it in windows
// of whole lines, as the reader gives them. Prints the CPU seconds of the fastest pass, and the hits.

func fail(_ text: String) -> Never {
  print(text)
  exit(1)
}

func cpuSeconds() -> Double {
  var time = timespec()
  unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

func contents(_ path: String) -> [UInt8] {
  guard let file = unsafe fopen(path, "rb") else { fail("cannot read \(path)") }
  var bytes: [UInt8] = []
  var piece = [UInt8](repeating: 0, count: 1 << 20)
  while true {
    let count = unsafe fread(&piece, 1, piece.count, file)
    if count == 0 { break }
    bytes += piece[..<count]
  }
  unsafe fclose(file)
  return bytes
}

let arguments = CommandLine.arguments
guard arguments.count >= 3 else { fail("usage: matcher INDEX LOG [PASSES]") }
let passes = arguments.count > 3 ? Int(arguments[3]) ?? 3 : 3
do {
  let index = try IndicatorIndex.open(path: arguments[1])
  let log = contents(arguments[2])
  var best = Double.infinity
  var count = 0
  for _ in 0..<passes {
    var matcher = FastMatcher(index)
    var hits: [RawHit] = []
    let started = cpuSeconds()
    unsafe log.withUnsafeBytes { text in
      var start = 0
      while start < text.count {
        var end = min(text.count, start + LogReader.piece)
        while end < text.count, end > start, unsafe text[end - 1] != 0x0a { end -= 1 }
        if end == start { end = min(text.count, start + LogReader.piece) }
        unsafe matcher.hits(in: UnsafeRawBufferPointer(rebasing: text[start..<end]), into: &hits)
        start = end
      }
    }
    best = min(best, cpuSeconds() - started)
    count = hits.count
  }
  print(best, count)
} catch {
  fail("\(error)")
}
