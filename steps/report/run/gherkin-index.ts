import type { Feature, FeatureChild, GherkinDocument, Rule, RuleChild, Scenario } from '@cucumber/messages'

/** What a pickle no longer says: keywords, rules and example rows, by the id of their node in the feature file. */
export class GherkinIndex {
  readonly #features = new Map<string, Feature>()
  readonly #keywords = new Map<string, string>()
  readonly #rules = new Map<string, string>()
  readonly #examples = new Map<string, [name: string, value: string][]>()

  take({ uri = '', feature }: GherkinDocument): void {
    if (feature === undefined) return
    this.#features.set(uri, feature)
    for (const child of feature.children) this.#takeChild(child, null)
  }

  feature(uri: string): Feature | undefined {
    return this.#features.get(uri)
  }

  keyword(astNodeIds: readonly string[]): string {
    return first(this.#keywords, astNodeIds) ?? ''
  }

  rule(astNodeIds: readonly string[]): string | null {
    return first(this.#rules, astNodeIds) ?? null
  }

  example(astNodeIds: readonly string[]): [name: string, value: string][] {
    return first(this.#examples, astNodeIds) ?? []
  }

  #takeChild(
    { background, scenario, rule }: FeatureChild & RuleChild & { rule?: Rule },
    within: string | null,
  ): void {
    for (const step of [...(background?.steps ?? []), ...(scenario?.steps ?? [])])
      this.#keywords.set(step.id, step.keyword.trim())
    if (scenario !== undefined) this.#takeScenario(scenario, within)
    for (const child of rule?.children ?? []) this.#takeChild(child, rule?.name ?? null)
  }

  #takeScenario(scenario: Scenario, rule: string | null): void {
    if (rule !== null) this.#rules.set(scenario.id, rule)
    for (const { tableHeader, tableBody } of scenario.examples)
      for (const row of tableBody)
        this.#examples.set(
          row.id,
          row.cells.map(({ value }, column) => [tableHeader?.cells[column]?.value ?? '', value]),
        )
  }
}

function first<Value>(map: ReadonlyMap<string, Value>, ids: readonly string[]): Value | undefined {
  return ids.map((id) => map.get(id)).find((value) => value !== undefined)
}
