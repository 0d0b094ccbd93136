/** What is served as static files: made by the bench before it starts a server. */
export const publicFolder: string = process.env['BENCH_PUBLIC'] ?? 'public'

/** How many routes stand before the one that is asked for. */
export const moreRoutes: number = Number(process.env['BENCH_ROUTES'] ?? 0)
