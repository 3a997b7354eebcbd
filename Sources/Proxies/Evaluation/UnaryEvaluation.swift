import Foundation
import Torch

extension UnaryPrimitive {
  /// The result on the tensors of all layers; the operand is never changed.
  func apply(_ x: FlatTensor) throws -> FormulaValue {
    switch shape {
    case .number: .layers(try reduced(x))
    case .rows: .tensor(try ofRows(x))
    case .rowPairs: .tensor(try ofRowPairs(x))
    case .same:
      .tensor(isElementwise ? .init(layout: x.layout, data: try elementwise(x.data)) : try scaled(x))
    }
  }

  private func elementwise(_ x: Tensor) throws -> Tensor {
    switch self {
    case .absolute: return try x.absolute()
    case .logarithm: return try x.applying("log")
    case .absoluteLogarithm: return try x.absolute().applying("log")
    case .shiftedLogarithm: return try x.absolute().applying("log1p")
    case .exponential: return try x.applying("exp")
    case .square: return try x.squared()
    case .cube: return try x.squared().multiplied(by: x)
    case .squareRoot: return try x.applying("sqrt")
    case .cubeRoot:
      let root = try Tensor.single(
        "aten::pow", overload: "Tensor_Scalar", [.tensor(x.absolute()), .double(1.0 / 3)])
      return try root.multiplied(by: x.applying("sign"))
    case .relu: return try x.relu()
    case .leakyRelu: return try Tensor.single("aten::leaky_relu", [.tensor(x), .double(0.01)])
    case .swish: return try x.applying("silu")
    case .mish: return try x.applying("mish")
    case .softplus: return try x.applying("softplus")
    case .tanh: return try x.applying("tanh")
    case .sigmoid: return try x.applying("sigmoid")
    case .saturate:
      let one = try Tensor.scalar(1, elementType: x.elementType)
      return try x.divided(by: x.absolute().adding(one))
    case .sign: return try x.applying("sign").undefined(where: x.applying("isnan"))
    case .heaviside: return try x.applying("sign").relu().undefined(where: x.applying("isnan"))
    case .invert: return try x.applying("reciprocal")
    case .negate: return try x.applying("neg")
    default: return x
    }
  }

  /// Operations that scale each layer by numbers of its own.
  private func scaled(_ x: FlatTensor) throws -> FlatTensor {
    let zeros = x.layout.shapes.map { _ in 0.0 }
    switch self {
    case .normalize:
      return try x.scaled(by: x.deviations().map { 1 / $0 }, subtracting: x.means())
    case .minMax:
      let moments = try x.moments()
      return try x.scaled(
        by: moments.map { 1 / ($0.maximum - $0.minimum) }, subtracting: moments.map(\.minimum))
    case .center: return try x.scaled(by: zeros.map { _ in 1 }, subtracting: x.means())
    case .l1Normalize: return try x.scaled(by: x.sums().map { 1 / $0.absolute }, subtracting: zeros)
    case .l2Normalize: return try x.scaled(by: x.norms().map { 1 / $0 }, subtracting: zeros)
    default:
      let operation = self == .softmax ? "softmax" : "log_softmax"
      let parts = try x.layout.shapes.indices.map { layer in
        let range = x.layout.range(layer)
        let matrix = try x.data.sliced(dimension: 0, from: range.lowerBound, to: range.upperBound)
          .reshaped([x.layout.rows(layer), x.layout.columns(layer)])
        return try Tensor.single("aten::\(operation)", overload: "int", [.tensor(matrix), .int(0)]).reshaped([
          -1
        ])
      }
      return FlatTensor(layout: x.layout, data: try Tensor.concatenated(parts, dimension: 0))
    }
  }

  private func ofRows(_ x: FlatTensor) throws -> FlatTensor {
    let isNorm = self == .rowNorms
    func numbers<Element: SummableElement>(_ all: UnsafeBufferPointer<Element>) -> [Double] {
      var result: [Double] = []
      for layer in x.layout.shapes.indices {
        let (range, columns) = (x.layout.range(layer), x.layout.columns(layer))
        for start in stride(from: range.lowerBound, to: range.upperBound, by: max(1, columns)) {
          let row = UnsafeBufferPointer(rebasing: all[start..<start + columns])
          result.append(
            isNorm
              ? Element.centeredPowers(row, center: 0).square.squareRoot()
              : Element.sums(row).sum / Double(columns))
        }
      }
      return result
    }
    let numbers = try x.read({ numbers($0) }, { numbers($0) })
    let layout = x.layout.ofRows
    return FlatTensor(layout: layout, data: try Tensor(numbers, shape: [layout.count]))
  }

  private func ofRowPairs(_ x: FlatTensor) throws -> FlatTensor {
    let parts = try x.layout.shapes.indices.map { layer in
      let products = try Self.rowProducts(x.matrix(layer))
      guard self == .pairwiseDistance else { return try products.reshaped([-1]) }
      // ‖a − b‖² = a·a + b·b − 2 a·b, not below zero but for rounding.
      let squares = try Tensor.single("aten::diagonal", [.tensor(products)])
      let rows = x.layout.rows(layer)
      let sums = try squares.reshaped([rows, 1]).adding(squares.reshaped([1, rows]))
      return try sums.subtracting(products.scaled(by: 2)).relu().applying("sqrt").reshaped([-1])
    }
    return FlatTensor(layout: x.layout.ofRowPairs, data: try Tensor.concatenated(parts, dimension: 0))
  }

  /// X Xᵀ of a matrix.
  private static func rowProducts(_ matrix: Tensor) throws -> Tensor {
    try Tensor.single("aten::mm", [.tensor(matrix), .tensor(matrix.permuted([1, 0]))])
  }

  /// Reductions that do not follow from ``TensorMoments``.
  private func reduced(_ x: FlatTensor) throws -> [Double] {
    switch self {
    case .geometricMean:
      let logarithms = try x.data.absolute().applying("log")
      return try FlatTensor(layout: x.layout, data: logarithms).means().map { exp($0) }
    case .standardDeviation: return try x.deviations()
    case .variance: return try x.deviations().map { $0 * $0 }
    case .skewness, .kurtosis:
      let (isKurtosis, means) = (self == .kurtosis, try x.means())
      return try zip(zip(x.centeredPowers(means), x.layout.counts), means).map { item, mean in
        let (powers, count) = item
        let square = powers.square / count
        // What is a smaller share of the mean is rounding.
        guard square > mean * mean * FlatTensor.rounding * FlatTensor.rounding else { return .nan }
        return isKurtosis
          ? powers.fourth / count / (square * square) - 3
          : powers.cube / count / (square * square.squareRoot())
      }
    case .entropy:
      let sizes = try x.data.absolute()
      let products = try Tensor.single("aten::xlogy", overload: "Tensor", [.tensor(sizes), .tensor(sizes)])
      let sums = try FlatTensor(layout: x.layout, data: products).sums()
      return zip(try x.sums(), sums).map { $0.absolute > 0 ? log($0.absolute) - $1.sum / $0.absolute : .nan }
    case .logDeterminant:
      return try x.layout.shapes.indices.map { layer in
        // det(I + X Xᵀ) = det(I + Xᵀ X), and the smaller one is cheaper.
        let matrix = try x.matrix(layer)
        let isWide = x.layout.rows(layer) <= x.layout.columns(layer)
        let products = try Self.rowProducts(isWide ? matrix : matrix.permuted([1, 0]))
        let size = min(x.layout.rows(layer), x.layout.columns(layer))
        let identity = try Tensor.single("aten::eye", [.int(size), .int(ElementType.float64.rawValue)])
        return try Tensor.single("aten::logdet", [.tensor(products.adding(identity))]).item()
      }
    default: return try TensorMoments(x).reduced(by: self) ?? x.means()
    }
  }
}

extension Tensor {
  /// The elements, but NaN where a condition holds.
  func undefined(where condition: Tensor) throws -> Tensor {
    let undefined = try Tensor.scalar(.nan, elementType: elementType)
    return try Tensor.single(
      "aten::where", overload: "self", [.tensor(condition), .tensor(undefined), .tensor(self)])
  }
}

extension FlatTensor {
  /// The mean of each layer.
  func means() throws -> [Double] { try zip(sums(), layout.counts).map { $0.sum / $1 } }

  /// √Σx² of each layer.
  func norms() throws -> [Double] {
    try centeredPowers(layout.shapes.map { _ in 0 }).map { $0.square.squareRoot() }
  }

  /// A deviation that is a smaller share of the mean is rounding.
  static let rounding = 1e-12

  /// The standard deviation with n − 1 of each layer; NaN of a single element.
  func deviations() throws -> [Double] {
    let means = try means()
    return try zip(zip(centeredPowers(means), layout.counts), means).map { item, mean in
      let deviation = (item.0.square / (item.1 - 1)).squareRoot()
      return deviation <= Self.rounding * abs(mean) ? 0 : deviation
    }
  }
}
