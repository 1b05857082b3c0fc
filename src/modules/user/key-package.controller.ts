import { Body, Controller, Get, Inject, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Principal } from '../../platform/authentication/authenticator.js';
import { ApiRefusals } from '../../platform/http/api-refusals.js';
import { Caller } from '../../platform/http/request-context.js';
import { KeyPackageCount, UploadKeyPackagesRequest } from '../../protocol/payloads/user.payloads.js';
import { KeyPackageService } from './key-package.service.js';

@ApiTags('key packages')
@ApiBearerAuth()
@Controller('api/me/key-packages')
export class KeyPackageController {
  constructor(@Inject(KeyPackageService) private readonly keyPackages: KeyPackageService) {}

  @Post()
  @ApiOperation({ summary: 'Stores key packages for friends to start conversations with' })
  @ApiRefusals({
    KEY_PACKAGE_INVALID: 'one is not an MLS key package of your active device',
    KEY_PACKAGE_LIMIT: 'a hundred are stored',
  })
  @ApiCreatedResponse({ type: KeyPackageCount })
  upload(@Caller() caller: Principal, @Body() request: UploadKeyPackagesRequest): Promise<KeyPackageCount> {
    return this.keyPackages.upload(caller, request);
  }

  @Get()
  @ApiOperation({ summary: 'Counts the key packages that are left' })
  @ApiOkResponse({ type: KeyPackageCount })
  count(@Caller() caller: Principal): Promise<KeyPackageCount> {
    return this.keyPackages.count(caller);
  }
}
