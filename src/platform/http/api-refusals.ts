import { ApiExtension } from '@nestjs/swagger';
import type { ErrorCode } from '../../protocol/errors.js';

export type Refusals = { readonly [C in ErrorCode]?: string };

export const REFUSALS_EXTENSION = 'x-refusals';

/** The refusals of a route and when each comes. What any route of its kind may answer is added by the document. */
export const ApiRefusals = (refusals: Refusals): MethodDecorator & ClassDecorator =>
  ApiExtension(REFUSALS_EXTENSION, refusals);
