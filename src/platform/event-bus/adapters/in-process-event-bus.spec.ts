import 'reflect-metadata';
import { PayloadValidators } from '../../validation/payload-validator.js';
import { describeEventBusContract } from '../event-bus.contract.js';
import { InProcessEventBus } from './in-process-event-bus.js';

describeEventBusContract(() => Promise.resolve(new InProcessEventBus(new PayloadValidators())));
