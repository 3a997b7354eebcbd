import Foundation
import Foundations

/// Draws formulas of the response structure, and changes and mixes them.
///
/// Constants have three significant digits, so that texts stay short and tell equal formulas.
struct ResponseVariation {
  /// What formulas may begin with.
  let inputs: [ResponseInput]
  /// Operations on responses, and operations on outputs, at most.
  let length: Int

  /// Greatest distances of interacting layers that are drawn; nil for all.
  static let windows: [Int?] = [nil, 1, 2, 3, 5, 8]

  /// A formula whose parts are drawn one by one.
  func random(using stream: inout RandomStream) -> ResponseProxy {
    var parts = Parts(ResponseProxy(.divergence))
    for part in Part.allCases { draw(part, &parts, using: &stream) }
    return parts.proxy
  }

  /// The formula with one part drawn anew, or a constant changed a little.
  func mutated(_ proxy: ResponseProxy, using stream: inout RandomStream) -> ResponseProxy {
    var constants = proxy.constants
    if !constants.isEmpty, stream.uniform() < 0.5 {
      let place = stream.integer(below: constants.count)
      constants[place] = constants[place].moved(by: stream.uniform() - 0.5)
      return proxy.withConstants(constants)
    }
    var parts = Parts(proxy)
    draw(Part.allCases[stream.integer(below: Part.allCases.count)], &parts, using: &stream)
    return parts.proxy
  }

  /// A formula whose parts come from either of two at random.
  func crossover(
    _ first: ResponseProxy, _ second: ResponseProxy, using stream: inout RandomStream
  ) -> ResponseProxy {
    var (parts, other) = (Parts(first), Parts(second))
    for part in Part.allCases where stream.integer(below: 2) == 0 { parts.take(part, from: &other) }
    return parts.proxy
  }

  private enum Part: CaseIterable {
    case background, steps, interactions, outputSteps, distance, power, shrinkage
  }

  /// The parts of a formula apart.
  private struct Parts {
    var background: ResponseInput.Background
    var steps: [ResponseProxy.Step]
    var weight: Double
    var window: Int?
    var outputSteps: [ResponseProxy.OutputStep]
    var distance: OutputDistance
    var power: Double
    var shrinkage: Double

    init(_ proxy: ResponseProxy) {
      background = proxy.background
      steps = proxy.steps
      weight = proxy.interactionWeight
      window = proxy.window
      outputSteps = proxy.outputSteps
      distance = proxy.distance
      power = proxy.power
      shrinkage = proxy.shrinkage
    }

    mutating func take(_ part: Part, from other: inout Parts) {
      switch part {
      case .background: (background, weight, window) = (other.background, other.weight, other.window)
      case .steps: steps = other.steps
      case .interactions:
        if background == other.background { (weight, window) = (other.weight, other.window) }
      case .outputSteps: outputSteps = other.outputSteps
      case .distance: distance = other.distance
      case .power: power = other.power
      case .shrinkage: shrinkage = other.shrinkage
      }
    }

    var proxy: ResponseProxy {
      ResponseProxy(
        distance, power: power, shrinkage: shrinkage, background: background, steps: steps,
        interactionWeight: weight, window: window, outputSteps: outputSteps)
    }
  }

  private func draw(_ part: Part, _ parts: inout Parts, using stream: inout RandomStream) {
    switch part {
    case .background:
      parts.background = inputs[stream.integer(below: inputs.count)].background
      draw(.interactions, &parts, using: &stream)
    case .interactions:
      let hasInteractions = inputs.contains(ResponseInput(parts.background, interactions: true))
      let (isTaken, weight, window) = (
        stream.uniform() < 0.75, stream.uniform(), Self.windows[stream.integer(below: Self.windows.count)]
      )
      parts.weight = hasInteractions && isTaken ? max(0.01, weight).shortened : 0
      parts.window = parts.weight == 0 ? nil : window
    case .steps:
      parts.steps = drawn(ResponseOperation.all, using: &stream).map { operation, place in
        ResponseProxy.Step(operation, constant: operation.constants.map { $0.value(at: place) } ?? 0)
      }
    case .outputSteps:
      parts.outputSteps = drawn(OutputOperation.all, using: &stream).map { operation, place in
        ResponseProxy.OutputStep(operation, constant: operation.constants.map { $0.value(at: place) } ?? 0)
      }
    case .distance: parts.distance = OutputDistance.all[stream.integer(below: OutputDistance.all.count)]
    case .power:
      let (isOne, place) = (stream.uniform() < 0.4, stream.uniform())
      parts.power = isOne ? 1 : (0.25...2).value(at: place)
    case .shrinkage:
      let (isNone, weight) = (stream.uniform() < 0.5, stream.uniform())
      parts.shrinkage = isNone ? 0 : max(0.01, weight).shortened
    }
  }

  /// Operations for up to ``length`` slots, most of which stay empty, each with a place for its constant.
  private func drawn<Operation>(
    _ operations: [Operation], using stream: inout RandomStream
  ) -> [(operation: Operation, place: Double)] {
    (0..<length).compactMap { _ in
      let (isEmpty, operation, place) = (
        stream.uniform() < 0.65, operations[stream.integer(below: operations.count)], stream.uniform()
      )
      return isEmpty ? nil : (operation, place)
    }
  }
}

extension ResponseProxy {
  /// The numbers of the formula that may be tuned: those that are not 0, or 1 for a power.
  package var constants: [TunableConstant] {
    var result: [TunableConstant] = []
    if interactionWeight != 0 { result.append(.init(interactionWeight, in: 0.01...2)) }
    if power != 1 { result.append(.init(power, in: 0.1...3)) }
    if shrinkage != 0 { result.append(.init(shrinkage, in: 0.01...1)) }
    for step in steps {
      if let range = step.operation.constants { result.append(.init(step.constant, in: range)) }
    }
    for step in outputSteps {
      if let range = step.operation.constants { result.append(.init(step.constant, in: range)) }
    }
    return result
  }

  /// The formula with other numbers, in the order of ``constants``.
  package func withConstants(_ constants: [TunableConstant]) -> ResponseProxy {
    var rest = constants[...]
    func next(_ old: Double) -> Double { rest.popFirst()?.value ?? old }
    let weight = interactionWeight == 0 ? 0 : next(interactionWeight)
    let power = self.power == 1 ? 1 : next(self.power)
    let shrinkage = self.shrinkage == 0 ? 0 : next(self.shrinkage)
    let steps = self.steps.map {
      $0.operation.constants == nil ? $0 : Step($0.operation, constant: next($0.constant))
    }
    let outputSteps = self.outputSteps.map {
      $0.operation.constants == nil ? $0 : OutputStep($0.operation, constant: next($0.constant))
    }
    return ResponseProxy(
      distance, power: power, shrinkage: shrinkage, background: background, steps: steps,
      interactionWeight: weight, window: window, outputSteps: outputSteps)
  }

  /// How many inputs, operations and constants it is made of.
  public var complexity: Int {
    2 + steps.count + outputSteps.count + constants.count + (window == nil ? 0 : 1)
  }

  /// The parts in which two formulas differ, as a share of all.
  func distance(to other: ResponseProxy) -> Double {
    let differences = [
      background != other.background, steps != other.steps,
      interactionWeight != other.interactionWeight || window != other.window,
      outputSteps != other.outputSteps, distance != other.distance, power != other.power,
      shrinkage != other.shrinkage,
    ]
    return Double(differences.count { $0 }) / Double(differences.count)
  }
}

/// A positive number of a formula, and the range that it stays in.
package struct TunableConstant: Hashable, Sendable {
  /// The number, with three significant digits.
  package let value: Double
  private let range: ClosedRange<Double>

  package init(_ value: Double, in range: ClosedRange<Double>) {
    self.range = range
    self.value = min(range.upperBound, max(range.lowerBound, value)).shortened
  }

  /// The number times e to the power of a step.
  package func moved(by step: Double) -> TunableConstant { TunableConstant(value * exp(step), in: range) }
}

extension Double {
  /// The number with three significant digits.
  fileprivate var shortened: Double {
    guard self != 0, isFinite else { return self }
    let scale = pow(10, 2 - floor(log10(abs(self))))
    return (self * scale).rounded() / scale
  }
}

extension ClosedRange<Double> {
  /// A number between the bounds, evenly by its logarithm.
  fileprivate func value(at place: Double) -> Double {
    (lowerBound * pow(upperBound / lowerBound, place)).shortened
  }
}
