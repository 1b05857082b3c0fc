import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { Principal } from '../../platform/authentication/authenticator.js';
import { Caller, ClientAddress, Public } from '../../platform/http/request-context.js';
import {
  AddDeviceRequest,
  ChallengeRequest,
  ChallengeResponse,
  LoginRequest,
  RefreshRequest,
  SessionTokens,
} from '../../protocol/payloads/user.payloads.js';
import { ChallengeService } from './challenge.service.js';
import { LoginService } from './login.service.js';
import { SessionService } from './session.service.js';

@ApiTags('authentication')
@Controller('api/auth')
export class AuthenticationController {
  constructor(
    @Inject(ChallengeService) private readonly challenges: ChallengeService,
    @Inject(LoginService) private readonly logins: LoginService,
    @Inject(SessionService) private readonly sessions: SessionService,
  ) {}

  @Post('challenges')
  @Public()
  @ApiCreatedResponse({ type: ChallengeResponse })
  challenge(@Body() request: ChallengeRequest, @ClientAddress() address: string): Promise<ChallengeResponse> {
    return this.challenges.issue(request, address);
  }

  @Post('sessions')
  @Public()
  @ApiCreatedResponse({ type: SessionTokens })
  login(@Body() request: LoginRequest): Promise<SessionTokens> {
    return this.logins.login(request);
  }

  @Post('devices')
  @Public()
  @ApiCreatedResponse({ type: SessionTokens })
  addDevice(@Body() request: AddDeviceRequest): Promise<SessionTokens> {
    return this.logins.addDevice(request);
  }

  @Post('refresh')
  @Public()
  @HttpCode(200)
  @ApiOkResponse({ type: SessionTokens })
  refresh(@Body() { refreshToken }: RefreshRequest): Promise<SessionTokens> {
    return this.sessions.refresh(refreshToken);
  }

  @Post('logout')
  @HttpCode(204)
  @ApiBearerAuth()
  @ApiNoContentResponse()
  logout(@Caller() caller: Principal): Promise<void> {
    return this.sessions.logout(caller);
  }
}
