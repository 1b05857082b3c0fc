import { Test } from '@nestjs/testing';

export const test = Test;
