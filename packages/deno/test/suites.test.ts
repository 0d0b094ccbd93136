import { appSuites } from '../../port-bound/test/app-suites.ts'

appSuites('deno')
