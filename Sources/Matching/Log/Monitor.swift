import Glibc

/// A mutex with one condition: what a bounded queue between two threads needs.
///
/// Invariant: `value` is touched only inside ``look(_:)``, ``with(_:)`` and ``wait(until:_:)``, which hold the mutex.
@safe final class Monitor<Value>: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  private var value: Value

  init(_ value: sending Value) {
    self.value = value
    unsafe mutex = .allocate(capacity: 1)
    unsafe condition = .allocate(capacity: 1)
    unsafe mutex.initialize(to: pthread_mutex_t())
    unsafe condition.initialize(to: pthread_cond_t())
    _ = unsafe pthread_mutex_init(mutex, nil)
    _ = unsafe pthread_cond_init(condition, nil)
  }

  deinit {
    _ = unsafe pthread_cond_destroy(condition)
    _ = unsafe pthread_mutex_destroy(mutex)
    unsafe condition.deallocate()
    unsafe mutex.deallocate()
  }

  /// Looks at the value and wakes nobody: what is asked for each chunk must not send other threads to look as well.
  func look<Result>(_ body: (Value) -> Result) -> Result {
    _ = unsafe pthread_mutex_lock(mutex)
    defer { _ = unsafe pthread_mutex_unlock(mutex) }
    return body(value)
  }

  /// Changes the value and wakes everyone who waits for a change.
  @discardableResult
  func with<Result, Failure: Error>(_ body: (inout Value) throws(Failure) -> Result) throws(Failure) -> Result {
    _ = unsafe pthread_mutex_lock(mutex)
    defer {
      _ = unsafe pthread_cond_broadcast(condition)
      _ = unsafe pthread_mutex_unlock(mutex)
    }
    return try body(&value)
  }

  /// Waits until `isReady` holds, then changes the value.
  @discardableResult
  func wait<Result>(until isReady: (Value) -> Bool, _ body: (inout Value) -> Result) -> Result {
    _ = unsafe pthread_mutex_lock(mutex)
    defer {
      _ = unsafe pthread_cond_broadcast(condition)
      _ = unsafe pthread_mutex_unlock(mutex)
    }
    while !isReady(value) { _ = unsafe pthread_cond_wait(condition, mutex) }
    return body(&value)
  }
}

/// One operating-system thread that runs one closure. Joined when it goes away.
final class WorkerThread {
  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  private var thread = pthread_t()
  private var isRunning = false

  /// Starts at once; nil when the system gives no thread.
  init?(_ run: @escaping @Sendable () -> Void) {
    let body = unsafe Unmanaged.passRetained(Body(run))
    let result = unsafe pthread_create(&thread, nil, { argument in
      guard let argument = unsafe argument else { return nil }
      unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
      return nil
    }, body.toOpaque())
    if result != 0 {
      unsafe body.release()
      return nil
    }
    isRunning = true
  }

  func join() {
    guard isRunning else { return }
    isRunning = false
    _ = pthread_join(thread, nil)
  }

  deinit { join() }
}
