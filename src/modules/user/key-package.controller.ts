import { Body, Controller, Get, Inject, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { Principal } from '../../platform/authentication/authenticator.js';
import { Caller } from '../../platform/http/request-context.js';
import { KeyPackageCount, UploadKeyPackagesRequest } from '../../protocol/payloads/user.payloads.js';
import { KeyPackageService } from './key-package.service.js';

@ApiTags('key packages')
@ApiBearerAuth()
@Controller('api/me/key-packages')
export class KeyPackageController {
  constructor(@Inject(KeyPackageService) private readonly keyPackages: KeyPackageService) {}

  @Post()
  @ApiCreatedResponse({ type: KeyPackageCount })
  upload(@Caller() caller: Principal, @Body() request: UploadKeyPackagesRequest): Promise<KeyPackageCount> {
    return this.keyPackages.upload(caller, request);
  }

  @Get()
  @ApiOkResponse({ type: KeyPackageCount })
  count(@Caller() caller: Principal): Promise<KeyPackageCount> {
    return this.keyPackages.count(caller);
  }
}
