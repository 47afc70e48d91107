import CShims
import Glibc

/// A signal asks the run to end after the step it is in; nothing is lost by a signal that is heeded.
package enum Signals {
  nonisolated(unsafe) private static var received: sig_atomic_t = 0

  /// From now on SIGINT, SIGTERM and SIGHUP only set a flag; a second one ends the process at once.
  package static func heed() {
    for number in [SIGINT, SIGTERM, SIGHUP] {
      var action = sigaction()
      unsafe action.__sigaction_handler.sa_handler = { number in
        if unsafe Signals.received != 0 { _exit(128 + number) }
        unsafe Signals.received = number
      }
      unsafe sigaction(number, &action, nil)
    }
  }

  package static var isPending: Bool { unsafe received != 0 }

  /// Waits so many milliseconds, or until a signal; false when there was one.
  package static func wait(milliseconds: Int) -> Bool {
    let end = Files.monotonicSeconds() + Double(milliseconds) / 1000
    while !isPending {
      let left = (end - Files.monotonicSeconds()) * 1000
      if left <= 0 { return true }
      _ = poll(nil, 0, Int32(min(left.rounded(.up), 60_000)))
    }
    return false
  }

  /// 128 + the signal's number.
  package static var exitStatus: Int32? { unsafe received == 0 ? nil : 128 + received }
}

package enum ProcessHardening {
  /// Memory may hold a key: no core file, no ptrace by others of the same user.
  package static func apply() {
    _ = ukai_forbid_dumps()
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
  }
}
