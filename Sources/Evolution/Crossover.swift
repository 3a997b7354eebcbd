import Proxies
import Support

extension BranchedStructure {
  /// A structure whose branches, and the operation that joins them, come from either parent at random.
  static func crossover(
    _ first: BranchedStructure, _ second: BranchedStructure, using stream: inout RandomStream
  ) -> BranchedStructure {
    func isFirst() -> Bool { stream.integer(below: 2) == 0 }
    return BranchedStructure(
      left: isFirst() ? first.left : second.left, right: isFirst() ? first.right : second.right,
      operation: isFirst() ? first.operation : second.operation)
  }
}
