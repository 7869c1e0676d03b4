import { testScenarios } from './playInMemory.ts';

testScenarios(0);
