/* From reset to C, for every Cortex-M: enable the FPU and Helium, paint the stack, start C.
 *
 * In assembly because a compiler may use FPU or Helium registers in any C function, and because a
 * stack that is in use cannot be painted from C. Thumb-1 instructions only: the Cortex-M0 runs it. */
    .syntax unified
    .thumb

    .section .vectors, "a"
    .word   ossicle_stack_top
    .word   ossicle_reset
    .rept   13                      /* NMI, HardFault ... PendSV */
    .word   ossicle_fault
    .endr
    .word   ossicle_fault           /* SysTick: nobody enables its interrupt */

    .section .text.ossicle_reset, "ax"
    .global ossicle_reset
    .type   ossicle_reset, %function
    .thumb_func
ossicle_reset:
#if defined(__ARM_FP) || defined(__ARM_FEATURE_MVE)
    ldr     r0, =0xE000ED88         /* CPACR: full access to coprocessors 10 and 11 */
    ldr     r1, [r0]
    ldr     r2, =0x00F00000
    orrs    r1, r2
    str     r1, [r0]
    dsb
    isb
#endif
    ldr     r0, =ossicle_stack_bottom
    ldr     r1, =ossicle_stack_top
    ldr     r2, =0xC5C5C5C5         /* OSSICLE_STACK_PAINT */
paint:
    str     r2, [r0]
    adds    r0, #4
    cmp     r0, r1
    blo     paint
    bl      ossicle_start
    b       .                       /* ossicle_start does not return */
    .size   ossicle_reset, . - ossicle_reset
