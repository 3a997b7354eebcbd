/// Which activations of a network are alive at the same time, for one image.
///
/// A buffer holds a value from where it is computed until its last use; operators that work element by element, batch
/// norms and changes of shape reuse the buffer of an input that nothing else needs.
public struct ActivationMemory: Sendable, Equatable, Codable {
  /// A place that activations are kept in.
  public struct Buffer: Sendable, Equatable, Codable {
    /// Elements of one image.
    public let elements: Int
    /// The quantizable layers that read it, whose input bits it is kept at (the greatest, where they differ).
    public let readers: [Int]

    /// The bits of an element that no quantizable layer reads.
    public var bitsWithoutReaders: Int { 8 }

    /// Makes a buffer.
    public init(elements: Int, readers: [Int]) {
      self.elements = elements
      self.readers = readers
    }
  }

  /// All buffers.
  public let buffers: [Buffer]
  /// Positions of the buffers that are alive together, once for each moment that no other one contains.
  public let moments: [[Int]]

  /// Makes the record; moments that another one contains are left out.
  public init(buffers: [Buffer], moments: [Set<Int>]) {
    self.buffers = buffers
    var kept: [Set<Int>] = []
    for moment in moments where !kept.contains(where: { moment.isSubset(of: $0) }) {
      kept.removeAll { $0.isSubset(of: moment) }
      kept.append(moment)
    }
    self.moments = kept.map { $0.sorted() }
  }

  /// The peak in bits for bits of each layer's input.
  public func peakInBits(_ configuration: BitConfiguration) -> Int {
    let sizes = buffers.map { buffer in
      buffer.elements
        * (buffer.readers.map { configuration[$0].activationBits }.max() ?? buffer.bitsWithoutReaders)
    }
    return moments.map { $0.reduce(0) { $0 + sizes[$1] } }.max() ?? 0
  }

  /// The peak in bits with 32-bit elements.
  public var floatPeakInBits: Int {
    32 * (moments.map { $0.reduce(0) { $0 + buffers[$1].elements } }.max() ?? 0)
  }
}
