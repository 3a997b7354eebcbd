"use strict";
(() => {
  const block = document.getElementById("allocation");
  if (!block) return;
  const form = JSON.parse(block.textContent);

  // Choices of all groups after one another, as in the program's QuadraticClimb; sums have the same order there.
  const groups = form.sizes.length;
  const cost = Float64Array.from(form.sizes.flat()), alone = Float64Array.from(form.alone.flat());
  const count = cost.length;
  const first = new Int32Array(groups + 1), group = new Int32Array(count);
  form.sizes.forEach((sizes, index) => {
    first[index + 1] = first[index] + sizes.length;
    group.fill(index, first[index], first[index + 1]);
  });
  const together = new Float64Array(count * count);
  for (const [left, right, values] of form.pairs) {
    values.forEach((row, position) => row.forEach((value, other) => {
      together[(first[left] + position) * count + first[right] + other] = value;
      together[(first[right] + other) * count + first[left] + position] = value;
    }));
  }

  const total = choices => {
    let sum = 0;
    for (let index = 0; index < groups; index++) sum += cost[choices[index]];
    return sum;
  };

  const worth = choices => {
    let sum = 0;
    for (let index = 0; index < groups; index++) {
      sum += alone[choices[index]];
      for (let other = index + 1; other < groups; other++) sum += together[choices[index] * count + choices[other]];
    }
    return sum;
  };

  const effect = (choice, choices) => {
    let sum = alone[choice];
    const row = choice * count, own = group[choice];
    for (let index = 0; index < groups; index++) if (index !== own) sum += together[row + choices[index]];
    return sum;
  };

  const settled = (start, penalty) => {
    const choices = start.slice();
    for (let round = 0; round < 20; round++) {
      let hasChanged = false;
      for (let index = 0; index < groups; index++) {
        let best = choices[index], highest = -Infinity;
        for (let choice = first[index]; choice < first[index + 1]; choice++) {
          const value = effect(choice, choices) - penalty * cost[choice];
          if (value > highest) { best = choice; highest = value; }
        }
        if (best !== choices[index]) { choices[index] = best; hasChanged = true; }
      }
      if (!hasChanged) break;
    }
    return choices;
  };

  const repaired = (start, bound, held = -1) => {
    const choices = start.slice();
    while (total(choices) > bound) {
      let best = -1, lowest = Infinity;
      for (let choice = 0; choice < count; choice++) {
        const current = choices[group[choice]];
        if (group[choice] === held || !(cost[choice] < cost[current])) continue;
        const loss = (effect(current, choices) - effect(choice, choices)) / (cost[current] - cost[choice]);
        if (loss < lowest) { best = choice; lowest = loss; }
      }
      if (best < 0) return null;
      choices[group[best]] = best;
    }
    return choices;
  };

  const largest = values => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

  const penalized = (bound, least) => {
    const unit = largest(cost), spread = Math.max(largest(alone), largest(together));
    if (!(unit > 0 && spread > 0)) return [];
    let low = 0, high = 4 * spread * groups / unit, within = null, beyond = null, start = least;
    for (let round = 0; round < 40; round++) {
      const middle = 0.5 * (low + high);
      const found = settled(start, middle);
      if (total(found) <= bound) { high = middle; within = found; } else { low = middle; beyond = found; }
      start = found;
    }
    return [within, beyond && repaired(beyond, bound)].filter(choices => choices);
  };

  const climb = (start, bound, held = -1) => {
    const choices = start.slice(), effects = new Float64Array(count);
    const least = 1e-12 * largest(alone);
    for (let round = 0; round < 1000; round++) {
      const room = bound - total(choices);
      for (let choice = 0; choice < count; choice++) effects[choice] = effect(choice, choices);
      let best = -1, second = -1, highest = least;
      for (let left = 0; left < count; left++) {
        const own = choices[group[left]];
        if (left === own || group[left] === held) continue;
        const gain = effects[left] - effects[own], extra = cost[left] - cost[own];
        if (extra <= room && gain > highest) { best = left; second = -1; highest = gain; }
        const row = left * count, ownRow = own * count;
        for (let right = left + 1; right < count; right++) {
          if (group[right] === group[left] || group[right] === held) continue;
          const other = choices[group[right]];
          if (right === other || !(extra + cost[right] - cost[other] <= room)) continue;
          const joint = together[row + right] - together[row + other] - together[ownRow + right] + together[ownRow + other];
          const both = gain + (effects[right] - effects[other]) + joint;
          if (both > highest) { best = left; second = right; highest = both; }
        }
      }
      if (best < 0) break;
      choices[group[best]] = best;
      if (second >= 0) choices[group[second]] = second;
    }
    return choices;
  };

  // Other choices, the least loss first, as many as there is time for.
  const kicks = choices => {
    const effects = Float64Array.from(alone, (_, choice) => effect(choice, choices));
    const loss = choice => effects[choices[group[choice]]] - effects[choice];
    const others = [];
    for (let choice = 0; choice < count; choice++) if (choice !== choices[group[choice]]) others.push(choice);
    others.sort((left, right) => loss(left) - loss(right) || left - right);
    return others.slice(0, Math.floor(1e6 / (count * count)));
  };

  // Positions of the best choices within a size in bits; null where there are none.
  const allocate = bound => {
    const least = new Int32Array(groups);
    for (let index = 0; index < groups; index++) {
      least[index] = first[index];
      for (let choice = first[index]; choice < first[index + 1]; choice++) {
        if (cost[choice] < cost[least[index]]) least[index] = choice;
      }
    }
    if (!(total(least) <= bound)) return null;
    let best = climb(least, bound), value = worth(best);
    for (const start of penalized(bound, least)) {
      const found = climb(start, bound), own = worth(found);
      if (own > value) { best = found; value = own; }
    }
    for (let round = 0; round < 2; round++) {
      let isBetter = false;
      for (const choice of kicks(best)) {
        if (choice === best[group[choice]]) continue;
        const changed = best.slice();
        changed[group[choice]] = choice;
        const start = repaired(changed, bound, group[choice]);
        if (!start) continue;
        const found = climb(climb(start, bound, group[choice]), bound), own = worth(found);
        if (own > value) { best = found; value = own; isBetter = true; }
      }
      if (!isBetter) break;
    }
    return Array.from(best, (choice, index) => choice - first[index]);
  };

  const sum = (table, positions) => positions.reduce((total, position, index) => total + table[index][position], 0);
  const predicted = positions => form.base - worth(positions.map((position, index) => first[index] + position));
  window.emq = { allocate, predicted, form };

  const slider = document.getElementById("size"), status = document.getElementById("allocated");
  let current = form.chosen;
  const show = positions => {
    current = positions;
    let weighted = 0, free = 0;
    positions.forEach((position, index) => {
      const [bits, inputs] = form.choices[index][position];
      for (const layer of form.groups[index]) {
        const bar = document.querySelector(`[data-bar="${layer}"]`);
        bar.setAttribute("class", `bits ${bits > 8 ? "bitsfloat" : `bits${bits}`}`);
        bar.setAttribute("width", 17 * Math.min(bits, 10));
        document.querySelector(`[data-bits="${layer}"]`).textContent =
          bits > 8 ? "float" : inputs === 8 ? `${bits}` : `${bits}/${inputs}`;
      }
      if (form.choices[index].length > 1) {
        const weights = form.sizes[index][position] / bits;
        weighted += form.sizes[index][position];
        free += weights;
      }
    });
    const size = sum(form.sizes, positions) / 8 / 1048576;
    status.textContent = `${size.toFixed(4)} MiB, ${(weighted / Math.max(1, free)).toFixed(2)} bits on average where there is a `
      + `choice, ${sum(form.bitOperations, positions).toPrecision(4)} G BitOps, predicted divergence ${predicted(positions).toFixed(5)} `
      + `(the file's: ${predicted(form.chosen).toFixed(5)})`;
  };
  slider.addEventListener("input", () => {
    const found = allocate(Number(slider.value));
    if (found) show(found);
  });
  document.getElementById("reset").addEventListener("click", () => {
    slider.value = sum(form.sizes, form.chosen);
    show(form.chosen);
  });
  document.getElementById("save-bits").addEventListener("click", () => {
    const layers = form.layers.map(name => ({ name, weight_bits: 8, activation_bits: 8 }));
    current.forEach((position, index) => {
      const [bits, inputs] = form.choices[index][position];
      for (const layer of form.groups[index]) [layers[layer].weight_bits, layers[layer].activation_bits] = [bits, inputs];
    });
    const size = sum(form.sizes, current) / 8 / 1048576;
    const file = { proxy: "pairwise_divergence", budget: `${size.toFixed(6)}MiB`, size_mib: size, layers };
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(file, null, 2) + "\n"], { type: "application/json" }));
    link.download = "bits.json";
    link.click();
    URL.revokeObjectURL(link.href);
  });
  show(form.chosen);
})();
