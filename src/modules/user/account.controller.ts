import { Body, Controller, Get, HttpCode, Inject, Patch, Post, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { Principal } from '../../platform/authentication/authenticator.js';
import { Caller } from '../../platform/http/request-context.js';
import {
  ChangeIdentityKeyRequest,
  DeleteAccountRequest,
  KeyHistoryList,
  KeyHistoryView,
  OwnAccount,
  ProfileUpdateRequest,
  Settings,
  UpdateSettingsRequest,
} from '../../protocol/payloads/user.payloads.js';
import { AccountDeletionService } from './account-deletion.service.js';
import { AccountService } from './account.service.js';
import { IdentityService } from './identity.service.js';

@ApiTags('account')
@ApiBearerAuth()
@Controller('api/me')
export class AccountController {
  constructor(
    @Inject(AccountService) private readonly accounts: AccountService,
    @Inject(IdentityService) private readonly identities: IdentityService,
    @Inject(AccountDeletionService) private readonly deletions: AccountDeletionService,
  ) {}

  @Get()
  @ApiOkResponse({ type: OwnAccount })
  show(@Caller() caller: Principal): Promise<OwnAccount> {
    return this.accounts.show(caller);
  }

  @Patch('profile')
  @ApiOkResponse({ type: OwnAccount })
  updateProfile(@Caller() caller: Principal, @Body() request: ProfileUpdateRequest): Promise<OwnAccount> {
    return this.accounts.updateProfile(caller, request);
  }

  @Get('settings')
  @ApiOkResponse({ type: Settings })
  settings(@Caller() caller: Principal): Promise<Settings> {
    return this.accounts.settings(caller);
  }

  @Patch('settings')
  @ApiOkResponse({ type: Settings })
  updateSettings(@Caller() caller: Principal, @Body() request: UpdateSettingsRequest): Promise<Settings> {
    return this.accounts.updateSettings(caller, request);
  }

  @Get('identity-keys')
  @ApiOkResponse({ type: KeyHistoryList })
  identityKeys(@Caller() caller: Principal): Promise<KeyHistoryList> {
    return this.identities.listKeys(caller);
  }

  @Put('identity-key')
  @ApiOkResponse({ type: KeyHistoryView })
  changeIdentityKey(@Caller() caller: Principal, @Body() request: ChangeIdentityKeyRequest): Promise<KeyHistoryView> {
    return this.identities.changeKey(caller, request);
  }

  @Post('deletion')
  @HttpCode(204)
  @ApiNoContentResponse()
  delete(@Caller() caller: Principal, @Body() request: DeleteAccountRequest): Promise<void> {
    return this.deletions.delete(caller, request);
  }
}
