import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import type { AshwireConfig } from './config/config.schema.js';
import { ChatModule, chatSchema } from './modules/chat/index.js';
import { GroupModule, groupSchema } from './modules/group/index.js';
import { PaymentModule, paymentSchema } from './modules/payment/index.js';
import { RelationModule, relationSchema } from './modules/relation/index.js';
import { UserModule, userSchema } from './modules/user/index.js';
import { DatabaseModule } from './platform/database/database.module.js';
import { AccessGuard } from './platform/http/access.guard.js';
import { AddressLimitGuard } from './platform/http/address-limit.guard.js';
import { ErrorFilter } from './platform/http/error.filter.js';
import { HealthController } from './platform/http/health.controller.js';
import { PayloadPipe } from './platform/http/payload.pipe.js';
import { PlatformModule } from './platform/platform.module.js';
import { SocketModule } from './platform/socket/socket.module.js';

/** The composition root: the profile decides what stands behind each port, the business is the same in all. */
@Module({})
export class AppModule {
  static for(config: AshwireConfig): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.for(config),
        DatabaseModule.for(config, [userSchema, relationSchema, groupSchema, chatSchema, paymentSchema]),
        SocketModule.for(UserModule),
        UserModule,
        RelationModule,
        GroupModule,
        ChatModule,
        PaymentModule,
      ],
      controllers: [HealthController],
      providers: [
        { provide: APP_GUARD, useClass: AddressLimitGuard },
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_PIPE, useClass: PayloadPipe },
        { provide: APP_FILTER, useClass: ErrorFilter },
      ],
    };
  }
}
