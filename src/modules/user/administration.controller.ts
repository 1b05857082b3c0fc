import { Controller, Inject, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiTags } from '@nestjs/swagger';
import { RequiresRole } from '../../platform/http/request-context.js';
import { RegistrationInvitation } from '../../protocol/payloads/user.payloads.js';
import { UserAdministration } from './user.administration.js';

@ApiTags('administration')
@ApiBearerAuth()
@RequiresRole('admin')
@Controller('api/admin')
export class AdministrationController {
  constructor(@Inject(UserAdministration) private readonly administration: UserAdministration) {}

  @Post('registration-invitations')
  @ApiCreatedResponse({ type: RegistrationInvitation })
  createRegistrationInvitation(): Promise<RegistrationInvitation> {
    return this.administration.createRegistrationInvitation();
  }
}
