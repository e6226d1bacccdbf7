#include "textflag.h"

// The sums and comparisons below are those of kernel.go, eight lanes at a time. Multiplications
// and additions stay apart (no fused multiply-add), so that both give the same bits.

// func rowAVX2(dst *lanes, mean *means, draws, mu *float32, terms *term, n int)
TEXT ·rowAVX2(SB), NOSPLIT, $0-48
	MOVQ dst+0(FP), DI
	MOVQ mean+8(FP), R8
	MOVQ draws+16(FP), SI
	MOVQ mu+24(FP), R9
	MOVQ terms+32(FP), BX
	MOVQ n+40(FP), CX
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3
	VXORPS Y4, Y4, Y4
next:
	MOVQ (BX), AX
	VBROADCASTSS 8(BX), Y5
	MOVQ AX, DX
	SHLQ $7, AX
	SHLQ $4, DX
	VMULPS (SI)(AX*1), Y5, Y6
	VMULPS 32(SI)(AX*1), Y5, Y7
	VMULPS 64(SI)(AX*1), Y5, Y8
	VMULPS 96(SI)(AX*1), Y5, Y9
	VMULPS (R9)(DX*1), X5, X10
	VADDPS Y6, Y0, Y0
	VADDPS Y7, Y1, Y1
	VADDPS Y8, Y2, Y2
	VADDPS Y9, Y3, Y3
	VADDPS X10, X4, X4
	ADDQ $16, BX
	DECQ CX
	JNZ next
	VMOVUPS Y0, (DI)
	VMOVUPS Y1, 32(DI)
	VMOVUPS Y2, 64(DI)
	VMOVUPS Y3, 96(DI)
	VMOVUPS X4, (R8)
	VZEROUPPER
	RET

// func addAVX2(dst, a, b *lanes)
TEXT ·addAVX2(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ a+8(FP), SI
	MOVQ b+16(FP), BX
	VMOVUPS (SI), Y0
	VMOVUPS 32(SI), Y1
	VMOVUPS 64(SI), Y2
	VMOVUPS 96(SI), Y3
	VADDPS (BX), Y0, Y0
	VADDPS 32(BX), Y1, Y1
	VADDPS 64(BX), Y2, Y2
	VADDPS 96(BX), Y3, Y3
	VMOVUPS Y0, (DI)
	VMOVUPS Y1, 32(DI)
	VMOVUPS Y2, 64(DI)
	VMOVUPS Y3, 96(DI)
	VZEROUPPER
	RET

// func joinAVX2(dst *lanes, mu *means, draws *lanes, means *means, pairs *lanes, pairMeans *means, at *int, n int)
TEXT ·joinAVX2(SB), NOSPLIT, $0-64
	MOVQ dst+0(FP), DI
	MOVQ mu+8(FP), R8
	MOVQ draws+16(FP), SI
	MOVQ means+24(FP), R9
	MOVQ pairs+32(FP), R10
	MOVQ pairMeans+40(FP), R11
	MOVQ at+48(FP), BX
	MOVQ n+56(FP), CX
next:
	MOVQ (BX), AX
	MOVQ AX, DX
	SHLQ $7, AX
	SHLQ $4, DX
	VMOVUPS (SI), Y0
	VMOVUPS 32(SI), Y1
	VMOVUPS 64(SI), Y2
	VMOVUPS 96(SI), Y3
	VMOVUPS (R9), X4
	VADDPS (R10)(AX*1), Y0, Y0
	VADDPS 32(R10)(AX*1), Y1, Y1
	VADDPS 64(R10)(AX*1), Y2, Y2
	VADDPS 96(R10)(AX*1), Y3, Y3
	VADDPS (R11)(DX*1), X4, X4
	VMOVUPS Y0, (DI)
	VMOVUPS Y1, 32(DI)
	VMOVUPS Y2, 64(DI)
	VMOVUPS Y3, 96(DI)
	VMOVUPS X4, (R8)
	ADDQ $8, BX
	ADDQ $128, SI
	ADDQ $16, R9
	ADDQ $128, DI
	ADDQ $16, R8
	DECQ CX
	JNZ next
	VZEROUPPER
	RET

// each does the same to the four registers t, 32 lanes, each with its own s.
#define each(do) \
	do(Y8, Y12) \
	do(Y9, Y13) \
	do(Y10, Y14) \
	do(Y11, Y15)

// before does it to the registers of the option before, in bestAVX2.
#define before(do) \
	do(Y4, Y12) \
	do(Y5, Y13) \
	do(Y6, Y14) \
	do(Y7, Y15)

// The steps of inverse in link.go. A step is taken for all lanes before the next one, which has to wait for it.
#define scale(t, s) VMULPS minus<>(SB), t, t
#define shift(t, s) VADDPS half<>(SB), t, t
#define positive(t, s) VPXOR s, s, s; VPMAXSD s, t, t
#define square(t, s) VMULPS t, t, s
#define addMost(t, s) VADDPS threeQuarters<>(SB), s, s
#define squareS(t, s) VMULPS s, s, s
#define addS(t, s) VADDPS s, t, t
#define squared(t, s) VMULPS t, t, t
#define addK(t, s) VADDPS k<>(SB), t, t

// parts adds up eight lanes of cto, ts and pair of the entry at BX.
#define parts(at, z) \
	VMOVUPS at(R8)(AX*1), z \
	VADDPS at(R9)(DX*1), z, z \
	VADDPS at(R10)(SI*1), z, z

// addParts does so for 32 lanes.
#define addParts \
	MOVWLZX (BX), AX \
	MOVWLZX 2(BX), DX \
	MOVL 4(BX), SI \
	SHLQ $7, AX \
	SHLQ $7, DX \
	SHLQ $7, SI \
	parts(0, Y8) \
	parts(32, Y9) \
	parts(64, Y10) \
	parts(96, Y11)

// keep divides the gain in Y13 by the inverse and adds Y14; where that is above best, it and the option in Y12
// take the place.
#define keep(z, best, at) \
	VDIVPS z, Y13, z \
	VADDPS Y14, z, z \
	VCMPPS $0x1e, best, z, Y15 \
	VBLENDVPS Y15, z, best, best \
	VMOVUPS at(R13), z \
	VBLENDVPS Y15, Y12, z, z \
	VMOVUPS z, at(R13)

// keepBest is for the entry before the one at BX.
#define keepBest \
	VBROADCASTSS -12(BX), Y12 \
	VBROADCASTSS -8(BX), Y13 \
	VBROADCASTSS -4(BX), Y14 \
	keep(Y4, Y0, 0) \
	keep(Y5, Y1, 32) \
	keep(Y6, Y2, 64) \
	keep(Y7, Y3, 96)

// func bestAVX2(entries *entry, n int, cto, ts, pairs *lanes, best *lanes, arg *[Lanes]int32)
// The powers and the division of an option run beside the sums and p of the next one: neither waits for the other.
TEXT ·bestAVX2(SB), NOSPLIT, $0-56
	MOVQ entries+0(FP), BX
	MOVQ n+8(FP), CX
	MOVQ cto+16(FP), R8
	MOVQ ts+24(FP), R9
	MOVQ pairs+32(FP), R10
	MOVQ best+40(FP), R12
	MOVQ arg+48(FP), R13
	VMOVUPS (R12), Y0
	VMOVUPS 32(R12), Y1
	VMOVUPS 64(R12), Y2
	VMOVUPS 96(R12), Y3
	addParts
	each(scale)
	each(shift)
	each(positive)
	each(square)
	each(addMost)
	each(squareS)
	each(addS)
	JMP test
option:
	addParts
	each(scale)
	before(squared)
	each(shift)
	each(positive)
	before(squared)
	each(square)
	each(addMost)
	before(squared)
	each(squareS)
	before(addK)
	each(addS)
	keepBest
test:
	VMULPS Y8, Y8, Y4
	VMULPS Y9, Y9, Y5
	VMULPS Y10, Y10, Y6
	VMULPS Y11, Y11, Y7
	ADDQ $20, BX
	DECQ CX
	JNZ option
	before(squared)
	before(squared)
	before(squared)
	before(addK)
	keepBest
	VMOVUPS Y0, (R12)
	VMOVUPS Y1, 32(R12)
	VMOVUPS Y2, 64(R12)
	VMOVUPS Y3, 96(R12)
	VZEROUPPER
	RET

// inverse replaces the log odds in Y8 to Y11 and uses Y12 to Y15.
#define inverse \
	each(scale) \
	each(shift) \
	each(positive) \
	each(square) \
	each(addMost) \
	each(squareS) \
	each(addS) \
	each(squared) \
	each(squared) \
	each(squared) \
	each(squared) \
	each(addK)

// func inverseAVX2(p *lanes, n int)
TEXT ·inverseAVX2(SB), NOSPLIT, $0-16
	MOVQ p+0(FP), DI
	MOVQ n+8(FP), CX
next:
	VMOVUPS (DI), Y8
	VMOVUPS 32(DI), Y9
	VMOVUPS 64(DI), Y10
	VMOVUPS 96(DI), Y11
	inverse
	VMOVUPS Y8, (DI)
	VMOVUPS Y9, 32(DI)
	VMOVUPS Y10, 64(DI)
	VMOVUPS Y11, 96(DI)
	ADDQ $128, DI
	DECQ CX
	JNZ next
	VZEROUPPER
	RET

// func resolveAVX2(dst *lanes, entries *entry, n int, cto, ts, pairs *means)
TEXT ·resolveAVX2(SB), NOSPLIT, $0-48
	MOVQ dst+0(FP), DI
	MOVQ entries+8(FP), BX
	MOVQ n+16(FP), CX
	MOVQ cto+24(FP), R8
	MOVQ ts+32(FP), R9
	MOVQ pairs+40(FP), R10
next:
	MOVWLZX (BX), AX
	MOVWLZX 2(BX), DX
	MOVL 4(BX), SI
	SHLQ $4, AX
	SHLQ $4, DX
	SHLQ $4, SI
	VMOVSS (R8)(AX*1), X0
	VADDSS (R9)(DX*1), X0, X0
	VADDSS (R10)(SI*1), X0, X0
	VMOVSS X0, (DI)
	ADDQ $20, BX
	ADDQ $4, DI
	DECQ CX
	JNZ next
	RET

// func priceAVX2(entries *entry, n int, cto, ts, pairs *means, chances *lanes, costs *float64, rates *[Heads]float64, values *float64)
TEXT ·priceAVX2(SB), NOSPLIT, $0-72
	MOVQ entries+0(FP), BX
	MOVQ n+8(FP), CX
	MOVQ cto+16(FP), R8
	MOVQ ts+24(FP), R9
	MOVQ pairs+32(FP), R10
	MOVQ chances+40(FP), DI
	MOVQ costs+48(FP), R12
	MOVQ rates+56(FP), AX
	MOVQ values+64(FP), R13
	VMOVUPD (AX), Y8
	VXORPS X9, X9, X9
	VMOVUPS tops<>(SB), X10
	VMOVSS k<>(SB), X11
option:
	MOVWLZX (BX), AX
	MOVWLZX 2(BX), DX
	MOVL 4(BX), SI
	SHLQ $4, AX
	SHLQ $4, DX
	SHLQ $4, SI
	VMOVUPS (R8)(AX*1), X0
	VADDPS (R9)(DX*1), X0, X0
	VADDPS (R10)(SI*1), X0, X0
	VMAXPS X9, X0, X0
	VMINPS X10, X0, X0
	VDIVSS (DI), X11, X1
	VMOVSS X1, X0, X0        // P(resolve) takes its place
	VCVTPS2PD X0, Y0
	VMULPD Y8, Y0, Y0        // P(resolve), gain, complaint, churn
	VEXTRACTF128 $1, Y0, X1
	VPERMILPD $1, X1, X2
	VMOVSD (R12), X3
	VSUBSD X2, X3, X3
	VSUBSD X1, X3, X3        // fixed
	VPERMILPD $1, X0, X4     // gain
	VMULSD X0, X4, X5
	VADDSD X3, X5, X5        // value
	MOVL 8(BX), AX
	VMOVSD X5, (R13)(AX*8)
	VCVTSD2SS X4, X4, X4
	VMULSS X11, X4, X4       // gain·K
	VCVTSD2SS X3, X3, X3
	VMOVSS X4, 12(BX)
	VMOVSS X3, 16(BX)
	ADDQ $20, BX
	ADDQ $4, DI
	ADDQ $8, R12
	DECQ CX
	JNZ option
	VZEROUPPER
	RET

// The bounds of resolve (not used), amount, complaint and churn: 1, maxShare, 1, 1.
DATA tops<>+0(SB)/4, $1.0
DATA tops<>+4(SB)/4, $2.0
DATA tops<>+8(SB)/4, $1.0
DATA tops<>+12(SB)/4, $1.0
GLOBL tops<>(SB), RODATA|NOPTR, $16

// The constants of inverse, eight times each: -1/32, 1/2, 3/4, K.
DATA minus<>+0(SB)/8, $0xbd000000bd000000
DATA minus<>+8(SB)/8, $0xbd000000bd000000
DATA minus<>+16(SB)/8, $0xbd000000bd000000
DATA minus<>+24(SB)/8, $0xbd000000bd000000
GLOBL minus<>(SB), RODATA|NOPTR, $32

DATA half<>+0(SB)/8, $0x3f0000003f000000
DATA half<>+8(SB)/8, $0x3f0000003f000000
DATA half<>+16(SB)/8, $0x3f0000003f000000
DATA half<>+24(SB)/8, $0x3f0000003f000000
GLOBL half<>(SB), RODATA|NOPTR, $32

DATA threeQuarters<>+0(SB)/8, $0x3f4000003f400000
DATA threeQuarters<>+8(SB)/8, $0x3f4000003f400000
DATA threeQuarters<>+16(SB)/8, $0x3f4000003f400000
DATA threeQuarters<>+24(SB)/8, $0x3f4000003f400000
GLOBL threeQuarters<>(SB), RODATA|NOPTR, $32

DATA k<>+0(SB)/8, $0x442435d0442435d0
DATA k<>+8(SB)/8, $0x442435d0442435d0
DATA k<>+16(SB)/8, $0x442435d0442435d0
DATA k<>+24(SB)/8, $0x442435d0442435d0
GLOBL k<>(SB), RODATA|NOPTR, $32

// func cpuid(leaf, sub uint32) (a, b, c, d uint32)
TEXT ·cpuid(SB), NOSPLIT, $0-24
	MOVL leaf+0(FP), AX
	MOVL sub+4(FP), CX
	CPUID
	MOVL AX, a+8(FP)
	MOVL BX, b+12(FP)
	MOVL CX, c+16(FP)
	MOVL DX, d+20(FP)
	RET

// func xgetbv() uint32
TEXT ·xgetbv(SB), NOSPLIT, $0-4
	XORL CX, CX
	XGETBV
	MOVL AX, ret+0(FP)
	RET
