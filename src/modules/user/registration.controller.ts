import { Body, Controller, Get, Inject, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
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
  @Public()
  @ApiOkResponse({ type: RegistrationTerms })
  terms(@ClientAddress() address: string): Promise<RegistrationTerms> {
    return this.gate.terms(address);
  }

  @Post()
  @Public()
  @ApiCreatedResponse({ type: SessionTokens })
  register(@Body() request: RegisterRequest, @ClientAddress() address: string): Promise<SessionTokens> {
    return this.registration.register(request, address);
  }
}
