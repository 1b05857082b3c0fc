import { IsInt, Length, Matches, Max, Min } from 'class-validator';
import { LIMITS } from '../limits.js';

/**
 * Property decorators for the field types of the wire. They are class-validator decorators that also have a JSON Schema, so
 * that one declaration gives the check, the OpenAPI and the AsyncAPI document.
 */
const all =
  (...decorators: PropertyDecorator[]): PropertyDecorator =>
  (target, key) => {
    for (const decorate of decorators) decorate(target, key);
  };

/** 128 random bits, base64url. */
export const ID_PATTERN = /^[A-Za-z0-9_-]{22}$/;
export const IsId = (): PropertyDecorator => Matches(ID_PATTERN);
export const IsIdArray = (): PropertyDecorator => Matches(ID_PATTERN, { each: true });

/** Exactly `bytes` bytes, base64url without padding. */
export const IsBytes = (bytes: number): PropertyDecorator =>
  Matches(new RegExp(`^[A-Za-z0-9_-]{${Math.ceil((bytes * 4) / 3)}}$`));

/** 1 to `characters` characters of base64url without padding. */
export const IsBase64url = (characters: number): PropertyDecorator =>
  Matches(new RegExp(`^[A-Za-z0-9_-]{1,${characters}}$`));

export const IsUsername = (): PropertyDecorator => Matches(new RegExp(LIMITS.usernamePattern));

/** An integer that JavaScript holds exactly. */
export const IsInteger = (minimum: number, maximum: number = Number.MAX_SAFE_INTEGER): PropertyDecorator =>
  all(IsInt(), Min(minimum), Max(maximum));

/** A sequence number of a conversation: 1 and up. 0 stands for "before the first". */
export const IsSequence = (): PropertyDecorator => IsInteger(0);

/** Text that a person typed, at most `characters` UTF-16 units; code points and controls are checked by the domain. */
export const IsText = (characters: number): PropertyDecorator => Length(0, characters);
