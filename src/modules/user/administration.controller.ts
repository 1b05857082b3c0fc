import { Controller, Inject, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiRefusals } from '../../platform/http/api-refusals.js';
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
  @ApiOperation({ summary: 'Makes a one-time invitation to register; its code is shown only here' })
  @ApiRefusals({ NOT_FOUND: 'you are not an administrator' })
  @ApiCreatedResponse({ type: RegistrationInvitation })
  createRegistrationInvitation(): Promise<RegistrationInvitation> {
    return this.administration.createRegistrationInvitation();
  }
}
