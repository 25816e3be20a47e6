# print_byte: a0; print_word: a0 as eight hexadecimal digits and a line end. Both by the ROM's uart_tx_one_char.
print_byte:
    li t0, 0x40000068
    jr t0
print_word:
    addi sp, sp, -16
    sw ra, 12(sp)
    sw s0, 8(sp)
    sw s1, 4(sp)
    mv s0, a0
    li s1, 28
1:  srl a0, s0, s1
    andi a0, a0, 15
    li t0, 10
    blt a0, t0, 2f
    addi a0, a0, 7
2:  addi a0, a0, 48
    call print_byte
    addi s1, s1, -4
    bgez s1, 1b
    li a0, 10
    call print_byte
    lw ra, 12(sp)
    lw s0, 8(sp)
    lw s1, 4(sp)
    addi sp, sp, 16
    ret
