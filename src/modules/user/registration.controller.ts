import { Body, Controller, Get, Inject, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiRefusals } from '../../platform/http/api-refusals.js';
import { ClientAddress, Public } from '../../platform/http/request-context.js';
import { RegisterRequest, RegistrationTerms, SessionTokens } from '../../protocol/payloads/user.payloads.js';
import { RegistrationGate } from './registration.gate.js';
import { RegistrationService } from './registration.service.js';

@ApiTags('registration')
@Controller('api/registration')
export class RegistrationController {
  constructor(
    @Inject(RegistrationGate) private readonly gate: RegistrationGate,
    @Inject(RegistrationService) private readonly registration: RegistrationService,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Tells what registering takes, with a nonce to sign' })
  @Public()
  @ApiOkResponse({ type: RegistrationTerms })
  terms(@ClientAddress() address: string): Promise<RegistrationTerms> {
    return this.gate.terms(address);
  }

  @Post()
  @ApiOperation({ summary: 'Makes an account and logs in its first device' })
  @ApiRefusals({
    PROOF_OF_WORK_INVALID: 'it, or its nonce, is wrong, used or expired',
    INVITATION_REQUIRED: 'the server is in invitation mode',
    INVITATION_INVALID: 'it is unknown, used or expired',
    BAD_KEY: 'details.field names it',
    BAD_SIGNATURE: 'details.field names it',
    USERNAME_TAKEN: 'choose another one',
    IDENTITY_KEY_TAKEN: 'log in instead',
  })
  @Public()
  @ApiCreatedResponse({ type: SessionTokens })
  register(@Body() request: RegisterRequest, @ClientAddress() address: string): Promise<SessionTokens> {
    return this.registration.register(request, address);
  }
}
