import { value } from './modules/user/user.service.js';

export const other = value;
