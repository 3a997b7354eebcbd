import Foundation
import Synchronization

/// Notes Ctrl-C, so that long work can save and stop; a second one ends the program at once.
enum Interruption {
  private static let count = Atomic<Int>(0)

  static func install() {
    // A program that was started from a thread which blocks signals would never hear of it.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    signal(SIGINT) { _ in
      if Interruption.count.add(1, ordering: .relaxed).newValue > 1 { _exit(130) }
    }
  }

  static var isRequested: Bool { count.load(ordering: .relaxed) > 0 }
}
