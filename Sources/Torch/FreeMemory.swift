import CTorch

/// Gives memory that nothing uses back to the system.
///
/// What tensors leave is otherwise kept for the next ones, as the system would have to clear it again.
public func releaseFreeMemory() { ct_release_free_memory() }
