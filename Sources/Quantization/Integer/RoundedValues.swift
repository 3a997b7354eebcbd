import Network
import ONNX

/// Which values of a network are rounded where they are computed, when it is computed in integers.
///
/// Those are the images where a layer takes them, what leaves layers, and what operators of role
/// ``RoundingRole/computes`` make of values that are rounded; an activation function that only cuts off
/// (``RoundingRole/bounds``) goes before the rounding. What lies between the last layer and the network's output stays
/// in single precision, as does all that other operators compute.
package struct RoundedValues: Sendable {
  /// Indices of the values that are rounded, in the order in which they are computed.
  package private(set) var roots: [Int] = []
  /// The rounded value on whose grid a value lies; of a rounded value, itself.
  package private(set) var origins: [Int: Int] = [:]
  /// Steps that cut values off before they are rounded.
  package private(set) var bounding: Set<Int> = []
  /// Who takes what lies on the grid of each rounded value: layers, and whether anybody else does.
  package private(set) var readers: [Int: (layers: [Int], others: Bool)] = [:]
  /// For values that only a concatenation takes, the concatenation's output, whose grid they share.
  package private(set) var joined: [Int: Int] = [:]

  /// The layer that computes a rounded value, by itself or before its activation function.
  package private(set) var producers: [Int: Int] = [:]
  /// The rounded values that an operator between layers makes a rounded value of.
  package private(set) var sources: [Int: [Int]] = [:]

  /// Looks at a network.
  ///
  /// - Complexity: linear in steps and their inputs.
  package init(_ network: Network) throws {
    let survey = Survey(network)
    var layerOfValue: [Int: Int] = [:]
    var sourcesOfValue: [Int: [Int]] = [:]
    // Values that an activation function takes before they are rounded, and whether rounding is what they need most.
    var pending: [Int: Bool] = [:]

    // Rounded here, or behind the activation function that is the only one to take it.
    func settle(_ value: Int, needsRounding: Bool) {
      if let user = survey.onlyUser(of: value), survey.role(ofStep: user) == .bounds {
        pending[value] = needsRounding
      } else if survey.reachesLayer.contains(value) || (needsRounding && !survey.leadsToOutput(value)) {
        roots.append(value)
        producers[value] = layerOfValue[value]
        sources[value] = sourcesOfValue[value]
        origins[value] = value
      }
    }

    for (input, index) in zip(network.inputs, network.inputIndices)
    where input.elementType.isFloatingPoint && survey.entersLayer(index) {
      roots.append(index)
      origins[index] = index
    }
    for (index, step) in network.steps.enumerated() {
      guard let output = step.outputs.first.flatMap({ $0 }) else { continue }
      if let layer = step.layer, !network.layers[layer].isWeightOnly {
        layerOfValue[output] = layer
        // Products of matrices are followed by sums with biases, and by operators that have no integer kernel.
        if step.node.operatorType != "MatMul" {
          settle(output, needsRounding: step.node.operatorType == "Conv")
        }
        continue
      }
      let inputs = step.inputs.compactMap { $0 }.filter { network.constants[$0] == nil }
      guard let first = step.inputs.first.flatMap({ $0 }), inputs.first == first else { continue }
      switch survey.role(ofStep: index) {
      case .moves:
        guard let origin = origins[first] else { continue }
        for output in step.outputs.compactMap({ $0 }) { origins[output] = origin }
      case .bounds:
        if let needsRounding = pending[first] {
          bounding.insert(index)
          layerOfValue[output] = layerOfValue[first]
          sourcesOfValue[output] = sourcesOfValue[first]
          settle(output, needsRounding: needsRounding)
        } else if let origin = origins[first] {
          sourcesOfValue[output] = [origin]
          settle(output, needsRounding: false)
        }
      case .computes:
        let isJoining = RoundingRole.joining.contains(step.node.operatorType)
        let taken = isJoining ? step.inputs.compactMap { $0 } : [first]
        guard taken.allSatisfy({ origins[$0] != nil }) else { continue }
        sourcesOfValue[output] = taken.compactMap { origins[$0] }
        settle(output, needsRounding: false)
      case nil: continue
      }
    }
    findReaders(survey, network)
  }

  private mutating func findReaders(_ survey: Survey, _ network: Network) {
    for root in roots { readers[root] = ([], false) }
    for (value, origin) in origins {
      if network.outputIndices.contains(value) { readers[origin]?.others = true }
      for user in survey.users[value] ?? [] {
        if let layer = network.steps[user].layer, !network.layers[layer].isWeightOnly {
          readers[origin]?.layers.append(layer)
        } else if survey.role(ofStep: user) != .moves {
          readers[origin]?.others = true
        }
      }
    }
    for root in roots {
      readers[root]?.layers.sort()
      guard let user = survey.onlyUser(of: root), network.steps[user].node.operatorType == "Concat",
        let output = network.steps[user].outputs.first.flatMap({ $0 }), origins[output] == output
      else { continue }
      joined[root] = output
    }
  }
}

/// Who takes which values of a network.
private struct Survey {
  let network: Network
  private(set) var users: [Int: [Int]] = [:]
  /// Values on which the input of a layer depends.
  private(set) var reachesLayer: Set<Int> = []

  init(_ network: Network) {
    self.network = network
    for (index, step) in network.steps.enumerated() {
      for input in Set(step.inputs.compactMap { $0 }) { users[input, default: []].append(index) }
    }
    for step in network.steps.reversed() {
      let leads = isInteger(step) || step.outputs.contains { $0.map(reachesLayer.contains) ?? false }
      if leads { reachesLayer.formUnion(step.inputs.compactMap { $0 }) }
    }
  }

  /// Whether a step is a layer whose input is rounded.
  private func isInteger(_ step: Step) -> Bool {
    step.layer.map { !network.layers[$0].isWeightOnly } ?? false
  }

  /// The step that alone takes a value, which is not the network's output.
  func onlyUser(of value: Int) -> Int? {
    guard !network.outputIndices.contains(value), let users = users[value], users.count == 1 else {
      return nil
    }
    return users[0]
  }

  func role(ofStep index: Int) -> RoundingRole? {
    let node = network.steps[index].node
    guard node.operatorType != "Pad" || padsWithZeros(index) else { return nil }
    return node.domain.isEmpty ? RoundingRole.registered[node.operatorType] : nil
  }

  private func padsWithZeros(_ index: Int) -> Bool {
    let step = network.steps[index]
    let mode = (try? step.node.string("mode")) ?? nil
    guard mode == nil || mode == "constant" else { return false }
    guard step.inputs.count > 2, let value = step.inputs[2] else { return true }
    return (try? network.constants[value]?.reshaped([]).item()) == 0
  }

  /// Whether a layer takes a value, moved at most.
  func entersLayer(_ value: Int) -> Bool {
    (users[value] ?? []).contains { user in
      if isInteger(network.steps[user]) { return network.steps[user].inputs.first == value }
      guard role(ofStep: user) == .moves, let output = network.steps[user].outputs.first.flatMap({ $0 })
      else {
        return false
      }
      return entersLayer(output)
    }
  }

  /// Whether a value is the network's output, moved at most.
  func leadsToOutput(_ value: Int) -> Bool {
    if network.outputIndices.contains(value) { return true }
    return (users[value] ?? []).contains { user in
      guard role(ofStep: user) == .moves, let output = network.steps[user].outputs.first.flatMap({ $0 })
      else {
        return false
      }
      return leadsToOutput(output)
    }
  }
}
