import Proxies
import Torch

extension EvolutionSearch {
  /// The best proxies so far.
  public var hallOfFame: HallOfFame { state.hallOfFame(options) }

  /// A member of the hall of fame, with how well it ranks each part of the configurations.
  public struct Candidate: Sendable {
    /// The member.
    public let individual: Individual
    /// Spearman's ρ on the search, the validation and the test configurations; nil where it is not defined.
    public let correlations: [SearchProblem.Part: Double]

    /// The proxy.
    public var proxy: EvolvedProxy { individual.genome.proxy }
  }

  /// Correlations of some members on all parts of the configurations.
  public func candidates(_ members: [Individual], threads: Int) throws -> [Candidate] {
    let problem = problem
    return try parallelTensorMap(count: members.count, threads: threads) { index in
      let proxy = members[index].genome.proxy
      var correlations: [SearchProblem.Part: Double] = [:]
      for part in SearchProblem.Part.allCases { correlations[part] = problem.correlation(proxy, on: part) }
      return Candidate(individual: members[index], correlations: correlations)
    }
  }

  /// The members of the hall of fame from the one that is chosen on the validation configurations down; those without a ρ
  /// there are left out.
  public func chosen(threads: Int) throws -> [Candidate] {
    let problem = problem
    let all = try candidates(hallOfFame.members, threads: threads).filter {
      $0.correlations[.validation] != nil
    }
    let choice = options.choice ?? .validation
    let found = try parallelTensorMap(count: all.count, threads: threads) { index in
      ProxyChoice.Candidate(
        correlations: problem.correlations(all[index].proxy, on: .validation).compactMap(\.self),
        complexity: all[index].proxy.complexity)
    }
    return choice.order(found, networks: problem.networks, combination: problem.combination).map { all[$0] }
  }
}
