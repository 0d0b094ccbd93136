import { app } from '../servers/app.ts'

export default app
