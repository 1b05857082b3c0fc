import { describeCryptoEngineContract } from './crypto-engine.contract.js';
import { TsMlsCryptoEngine } from './ts-mls-crypto-engine.js';

describeCryptoEngineContract(TsMlsCryptoEngine);
