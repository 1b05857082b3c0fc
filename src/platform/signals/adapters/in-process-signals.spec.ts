import { describeSignalsContract } from '../signals.contract.js';
import { InProcessSignals } from './in-process-signals.js';

describeSignalsContract(() => {
  const signals = new InProcessSignals();
  return Promise.resolve({ one: signals, other: signals, close: () => Promise.resolve() });
});
