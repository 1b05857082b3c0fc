import { Body, Controller, Get, HttpCode, Inject, Patch, Post, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Principal } from '../../platform/authentication/authenticator.js';
import { ApiRefusals } from '../../platform/http/api-refusals.js';
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
  @ApiOperation({ summary: 'Shows your account' })
  @ApiOkResponse({ type: OwnAccount })
  show(@Caller() caller: Principal): Promise<OwnAccount> {
    return this.accounts.show(caller);
  }

  @Patch('profile')
  @ApiOperation({ summary: 'Changes your display name, your colour, or both' })
  @ApiOkResponse({ type: OwnAccount })
  updateProfile(@Caller() caller: Principal, @Body() request: ProfileUpdateRequest): Promise<OwnAccount> {
    return this.accounts.updateProfile(caller, request);
  }

  @Get('settings')
  @ApiOperation({ summary: 'Shows your settings' })
  @ApiOkResponse({ type: Settings })
  settings(@Caller() caller: Principal): Promise<Settings> {
    return this.accounts.settings(caller);
  }

  @Patch('settings')
  @ApiOperation({ summary: 'Changes the settings given, and tells your connections' })
  @ApiOkResponse({ type: Settings })
  updateSettings(@Caller() caller: Principal, @Body() request: UpdateSettingsRequest): Promise<Settings> {
    return this.accounts.updateSettings(caller, request);
  }

  @Get('identity-keys')
  @ApiOperation({ summary: 'Lists all identity keys your account had, hash-chained, oldest first' })
  @ApiOkResponse({ type: KeyHistoryList })
  identityKeys(@Caller() caller: Principal): Promise<KeyHistoryList> {
    return this.identities.listKeys(caller);
  }

  @Put('identity-key')
  @ApiOperation({ summary: 'Replaces the identity key; the old and the new one sign. Friends are told' })
  @ApiRefusals({
    BAD_SIGNATURE: 'details.field names it; also for a used challenge and another device than the caller’s',
    BAD_KEY: 'the new key is no usable Ed25519 key',
    IDENTITY_KEY_TAKEN: 'the new key belongs to an account, or did',
  })
  @ApiOkResponse({ type: KeyHistoryView })
  changeIdentityKey(@Caller() caller: Principal, @Body() request: ChangeIdentityKeyRequest): Promise<KeyHistoryView> {
    return this.identities.changeKey(caller, request);
  }

  @Post('deletion')
  @ApiOperation({ summary: 'Deletes your account and all that is its own' })
  @ApiRefusals({ BAD_SIGNATURE: 'details.field names it; also for a used challenge' })
  @HttpCode(204)
  @ApiNoContentResponse()
  delete(@Caller() caller: Principal, @Body() request: DeleteAccountRequest): Promise<void> {
    return this.deletions.delete(caller, request);
  }
}
