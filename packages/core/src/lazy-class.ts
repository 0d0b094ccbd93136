/** What stands in a class, by its name. */
type Members = Readonly<Record<PropertyKey, unknown>>
type Methods = Readonly<Record<PropertyKey, (...args: unknown[]) => unknown>>

/**
 * Gives a lazy class all that the real one has, or inherits: what it does not have itself is asked of
 * the real object, which is made for that. It counts as an instance of the real class.
 */
export function delegate<Lazy extends object, Real extends object>(
  lazy: Lazy,
  real: Real,
  toReal: (lazy: Lazy) => Real,
): void {
  for (let from: object = real; from !== Object.prototype; from = Object.getPrototypeOf(from)) {
    for (const name of Reflect.ownKeys(from)) {
      if (Object.hasOwn(lazy, name)) continue
      const { get, set, value, enumerable } = Object.getOwnPropertyDescriptor(from, name)!
      const descriptor: PropertyDescriptor = { configurable: true, enumerable: enumerable ?? false }
      if (get) {
        descriptor.get = function (this: Lazy) {
          return (toReal(this) as Members)[name]
        }
      } else if (typeof value === 'function') {
        descriptor.value = function (this: Lazy, ...args: unknown[]) {
          return (toReal(this) as Methods)[name]!(...args)
        }
      } else continue
      if (set) {
        descriptor.set = function (this: Lazy, given: unknown) {
          Reflect.set(toReal(this), name, given)
        }
      }
      Object.defineProperty(lazy, name, descriptor)
    }
  }
  Object.setPrototypeOf(lazy, real)
}
