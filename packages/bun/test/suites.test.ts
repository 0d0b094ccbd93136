import { appSuites } from '../../port-bound/test/app-suites.ts'

appSuites('bun')
