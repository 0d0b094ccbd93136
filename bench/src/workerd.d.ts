/** A CommonJS module that was an ES module: its default is one further in. */
declare module 'workerd' {
  const module: { readonly default: string }
  export default module
}
