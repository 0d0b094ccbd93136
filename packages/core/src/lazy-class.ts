/** What stands in a class, by its name. */
type Members = Readonly<Record<PropertyKey, unknown>>
type Methods = Readonly<Record<PropertyKey, (...args: unknown[]) => unknown>>

/**
 * Gives a lazy class all that the real one has: what it does not have itself is asked of the real
 * object, which is made for that. It counts as an instance of the real class.
 */
export function delegate<Lazy extends object, Real extends object>(
  lazy: Lazy,
  real: Real,
  toReal: (lazy: Lazy) => Real,
): void {
  for (const name of Reflect.ownKeys(real)) {
    if (Object.hasOwn(lazy, name)) continue
    const { get, value, enumerable } = Object.getOwnPropertyDescriptor(real, name)!
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
    Object.defineProperty(lazy, name, descriptor)
  }
  Object.setPrototypeOf(lazy, real)
}
