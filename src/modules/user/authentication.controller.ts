import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Principal } from '../../platform/authentication/authenticator.js';
import { ApiRefusals } from '../../platform/http/api-refusals.js';
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
  @ApiOperation({ summary: 'Issues something to sign, once, for one purpose; the same for every username' })
  @Public()
  @ApiCreatedResponse({ type: ChallengeResponse })
  challenge(@Body() request: ChallengeRequest, @ClientAddress() address: string): Promise<ChallengeResponse> {
    return this.challenges.issue(request, address);
  }

  @Post('sessions')
  @ApiOperation({ summary: 'Logs in with the key of the active device' })
  @ApiRefusals({ LOGIN_FAILED: 'whatever was wrong' })
  @Public()
  @ApiCreatedResponse({ type: SessionTokens })
  login(@Body() request: LoginRequest): Promise<SessionTokens> {
    return this.logins.login(request);
  }

  @Post('devices')
  @ApiOperation({ summary: 'Logs in with the identity key on a device that takes the place of the active one' })
  @ApiRefusals({
    LOGIN_FAILED: 'the challenge, the account or its signature is wrong',
    BAD_KEY: 'the leaf key is no usable Ed25519 key',
    BAD_SIGNATURE: 'the identity key did not certify the device',
  })
  @Public()
  @ApiCreatedResponse({ type: SessionTokens })
  addDevice(@Body() request: AddDeviceRequest): Promise<SessionTokens> {
    return this.logins.addDevice(request);
  }

  @Post('refresh')
  @ApiOperation({ summary: 'Exchanges the newest refresh token for the next; an older one ends the session' })
  @ApiRefusals({
    UNAUTHENTICATED: 'no such session, or it has expired',
    SESSION_REVOKED: 'the session has ended, or ends now because an older token came',
    DEVICE_REPLACED: 'another device took the place of this one',
  })
  @Public()
  @HttpCode(200)
  @ApiOkResponse({ type: SessionTokens })
  refresh(@Body() { refreshToken }: RefreshRequest): Promise<SessionTokens> {
    return this.sessions.refresh(refreshToken);
  }

  @Post('logout')
  @ApiOperation({ summary: 'Ends your session and closes its connections' })
  @HttpCode(204)
  @ApiBearerAuth()
  @ApiNoContentResponse()
  logout(@Caller() caller: Principal): Promise<void> {
    return this.sessions.logout(caller);
  }
}
