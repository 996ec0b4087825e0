declare module "virtual:emoji/*" {
  /** Each emoji as `[emoji, name, group, words]`. */
  const entries: readonly (readonly [string, string, number, string])[];
  export default entries;
}
