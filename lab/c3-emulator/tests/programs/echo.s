# Throws away what was typed, asks, and sends back a line of UART0 in capitals, twice.
.globl start
start:
    li sp, 0x3FCC0000
    li s0, 0x60000000
    li s1, 2
1:  lw t0, 0x1C(s0)
    andi t0, t0, 0x3FF
    beqz t0, 2f
    lw t0, 0(s0)
    j 1b
2:  li a0, '?'
    sw a0, 0(s0)
3:  lw t0, 0x1C(s0)
    andi t0, t0, 0x3FF
    beqz t0, 3b
    lw a0, 0(s0)
    li t0, 'a'
    blt a0, t0, 4f
    addi a0, a0, -32
4:  sw a0, 0(s0)
    li t0, 10
    bne a0, t0, 3b
    addi s1, s1, -1
    bnez s1, 2b
    j .
