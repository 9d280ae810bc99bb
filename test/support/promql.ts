/** What a PromQL expression asks for: read with the grammar that Prometheus's own editor uses. */
import { parser } from "@prometheus-io/lezer-promql";

export interface Selector {
  readonly metric: string;
  readonly labels: readonly string[];
}

export interface Query {
  readonly selectors: readonly Selector[];
  /** What it groups or joins by. */
  readonly grouping: readonly string[];
}

/** Grafana puts its own interval there. */
const readable = (expression: string): string => expression.replaceAll("$__rate_interval", "5m");

/** @throws Error when it is no PromQL */
export function parsePromql(expression: string): Query {
  const text = readable(expression);
  const selectors: { metric: string; labels: string[] }[] = [];
  const grouping: string[] = [];
  let inGrouping = false;
  parser.parse(text).iterate({
    enter: (node) => {
      const held = text.slice(node.from, node.to);
      if (node.type.isError) throw new Error(`no PromQL at ${node.from}: ${expression}`);
      if (node.name === "VectorSelector") selectors.push({ metric: "", labels: [] });
      const last = selectors.at(-1);
      if (node.name === "Identifier" && last?.metric === "") last.metric = held;
      if (node.name === "GroupingLabels") inGrouping = true;
      if (node.name === "LabelName") (inGrouping ? grouping : (last?.labels ?? grouping)).push(held);
    },
    leave: (node) => {
      if (node.name === "GroupingLabels") inGrouping = false;
    },
  });
  return { selectors, grouping };
}
