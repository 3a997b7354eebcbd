import CTorch

/// Gives memory that nothing uses back to the system.
///
/// Large tensors come and go between small things that stay, so that free memory lies in pieces which the next tensor may
/// not fit into; the pages of the pieces are returned, though their addresses stay taken.
public func releaseFreeMemory() { ct_release_free_memory() }
