# The I2C controller at 100 kHz: the wake pulse, then four bytes from 0x60. Prints the interrupts of both, how long
# the second took in ticks of SYSTIMER (16 MHz), and the bytes.
.equ I2C, 0x60013000
.globl start
start:
    li sp, 0x3FCC0000
    li s0, I2C
    li t0, 199                  # SCL low for 200 cycles of 40 MHz
    sw t0, 0x00(s0)
    li t0, 98 << 9 | 102        # and high for 200
    sw t0, 0x38(s0)

    li t0, 6 << 11              # RSTART
    sw t0, 0x58(s0)
    li t0, 1 << 11 | 1 << 8 | 1 # WRITE a byte, acknowledgement checked
    sw t0, 0x5C(s0)
    li t0, 2 << 11              # STOP
    sw t0, 0x60(s0)
    sw zero, 0x1C(s0)           # address 0x00, to write
    call transfer

    li a0, 1500                 # tWHI
    li t0, 0x40000050           # ets_delay_us
    jalr t0

    li t0, 3 << 11 | 3          # READ three bytes, acknowledged
    sw t0, 0x60(s0)
    li t0, 3 << 11 | 1 << 10 | 1
    sw t0, 0x64(s0)             # and one that is not
    li t0, 2 << 11
    sw t0, 0x68(s0)
    li t0, 0xC1                 # address 0x60, to read
    sw t0, 0x1C(s0)
    call now
    mv s1, a0
    call transfer
    call now
    sub a0, a0, s1
    call print_word
    li s1, 0
    li s2, 4
1:  lw t0, 0x1C(s0)
    slli s1, s1, 8
    or s1, s1, t0
    addi s2, s2, -1
    bnez s2, 1b
    mv a0, s1
    call print_word
    j .

transfer:                       # starts, waits, prints the interrupts and clears them
    addi sp, sp, -16
    sw ra, 12(sp)
    li t0, 1 << 5 | 1 << 4
    sw t0, 0x04(s0)
1:  lw t0, 0x08(s0)             # bus busy
    andi t0, t0, 1 << 4
    bnez t0, 1b
    lw a0, 0x20(s0)
    sw a0, 0x24(s0)
    call print_word
    lw ra, 12(sp)
    addi sp, sp, 16
    ret

now:                            # a0: the low word of SYSTIMER's unit 0
    li t0, 0x60023000
    li t1, 1 << 30
    sw t1, 0x04(t0)
    lw a0, 0x44(t0)
    ret
