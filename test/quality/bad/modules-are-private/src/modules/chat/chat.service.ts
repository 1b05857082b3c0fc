import { value } from '../user/user.service.js';

export const other = value;
