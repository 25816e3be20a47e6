# SYSTIMER's target 0 (every 1 ms, CPU interrupt 3) and TIMG0's alarm (at 5 ms, CPU interrupt 4, more urgent), while
# the program takes no interrupts for 5.5 ms and then waits. Prints 3 for each of the first and 4 for the second, and
# ends at the eighth of the first.
.section .vectors, "ax"
.balign 256
vectors:
    j fault
    j fault
    j fault
    j tick
    j alarm

.text
.globl start
start:
    csrci mstatus, 8
    li sp, 0x3FCC0000
    la t0, vectors
    csrw mtvec, t0
    li s0, 0x600C2000           # interrupt matrix
    li t0, 3
    sw t0, 37 * 4(s0)           # SYSTIMER_TARGET0
    sw t0, 0x114 + 3 * 4(s0)    # its priority
    li t0, 4
    sw t0, 32 * 4(s0)           # TG0_T0
    sw t0, 0x114 + 4 * 4(s0)
    li t0, 1
    sw t0, 0x194(s0)            # threshold
    li t0, 1 << 3 | 1 << 4
    sw t0, 0x104(s0)            # enable

    li s1, 0x60023000           # SYSTIMER
    li t0, 1 << 30 | 16000      # target 0: periodic
    sw t0, 0x34(s1)
    sw t0, 0x50(s1)
    li t0, 1
    sw t0, 0x64(s1)
    li t0, 1 << 30 | 1 << 24    # unit 0 and target 0 work
    sw t0, 0x00(s1)

    li s2, 0x6001F000           # TIMG0
    li t0, 5000
    sw t0, 0x10(s2)             # alarm at 5000 us
    sw zero, 0x14(s2)
    li t0, 1
    sw t0, 0x70(s2)
    li t0, 1 << 31 | 1 << 30 | 80 << 13 | 1 << 10
    sw t0, 0x00(s2)             # 80 MHz / 80, up, with alarm

    li s3, 0                    # ticks
    li a0, 5500
    li t0, 0x40000050           # ets_delay_us
    jalr t0
    csrsi mstatus, 8
1:  wfi
    li t0, 8
    blt s3, t0, 1b
    csrci mstatus, 8
    j .

tick:
    li t0, 1
    sw t0, 0x6C(s1)
    addi s3, s3, 1
    li a0, '3'
    call print_byte
    mret
alarm:
    li t0, 1
    sw t0, 0x7C(s2)
    li a0, '4'
    call print_byte
    mret
fault:
    csrr a0, mcause
    call print_word
    j .
